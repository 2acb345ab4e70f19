import type { ReratingMessage } from '@byok/contracts';
import { formatUsd } from '@byok/kernel';
import { drawnBy, type Charge } from '@byok/ledger';
import type { StandingCharge } from '../store/rerating.store.js';

interface ReportLine {
  provider: string;
  model: string;
  events: number;
  charged: bigint;
  adjustment: bigint;
}

export interface RerateReport {
  events: number;
  changed: number;
  unpriced: number;
  drawnNanoUsd: bigint;
  journals: string[];
  /** Of what changes, by provider and model. */
  lines: Map<string, ReportLine>;
}

export function emptyReport(): RerateReport {
  return { events: 0, changed: 0, unpriced: 0, drawnNanoUsd: 0n, journals: [], lines: new Map() };
}

export interface RerateOutcome {
  standing: StandingCharge;
  /** undefined: the charge is right. */
  delta: Charge | 'unpriced' | undefined;
}

export function addToReport(report: RerateReport, { standing, delta }: RerateOutcome): void {
  report.events++;
  if (delta === 'unpriced') report.unpriced++;
  if (delta === undefined || delta === 'unpriced') return;
  report.changed++;
  report.drawnNanoUsd += drawnBy(delta);
  const { provider, model } = standing;
  const name = JSON.stringify([provider, model]);
  const line = report.lines.get(name) ?? { provider, model, events: 0, charged: 0n, adjustment: 0n };
  report.lines.set(name, { ...line, events: line.events + 1, charged: line.charged + drawnBy(standing.charge), adjustment: line.adjustment + drawnBy(delta) });
}

export function reportToWire(report: RerateReport): ReratingMessage {
  const { events, changed, unpriced, drawnNanoUsd, journals } = report;
  const lines = [...report.lines].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, { charged, adjustment, ...line }]) => ({
    ...line,
    chargedUsd: formatUsd(charged),
    rightUsd: formatUsd(charged + adjustment),
    adjustmentUsd: formatUsd(adjustment),
  }));
  return { events, changed, unpriced, adjustmentUsd: formatUsd(drawnNanoUsd), journals, lines };
}
