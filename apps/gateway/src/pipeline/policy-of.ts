import type { Preferences, RoutingSettings } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { strictestConsent, type ModelNames, type Narrowing, type RoutingPolicy } from '@byok/routing';

/**
 * What applies to a principal's calls: the org's policy, narrowed by every group they act in. A group's order counts only where the
 * call acts in that group alone, because two could not both be right.
 */
export function policyOf(principal: Principal): RoutingPolicy {
  const { orgPolicy, settings } = principal;
  const org: RoutingSettings = settings.org.routing ?? {};
  const groups: RoutingSettings[] = settings.groups.flatMap((group) => group.settings.routing ?? []);
  const ordering = settings.groups.length === 1 ? { ...org, ...given(groups[0]) } : org;
  return {
    orgId: principal.orgId,
    userId: principal.userId,
    groupIds: principal.groups.map((group) => group.id),
    allowedModels: principal.allowedModels,
    ...orgPolicy,
    platformCredits: strictestConsent([orgPolicy.platformCredits, ...groups.flatMap((group) => group.platformCredits ?? [])]),
    narrowings: [narrowingOfToken(principal), narrowingOf('organisation', org), ...groups.map((group) => narrowingOf('group', group))].flatMap((each) => each ?? []),
    ...(org.declared ? { declared: org.declared } : {}),
    ...(ordering.order ? { order: ordering.order } : {}),
    ...(ordering.weights ? { weights: ordering.weights } : {}),
    preferences: preferencesOf(principal),
  };
}

/** What users chose, and where they chose nothing, what their org chose for everybody. Limits of both count. */
export function preferencesOf({ settings }: Principal): Preferences {
  const [org, user] = [settings.org.preferences ?? {}, settings.user.preferences ?? {}];
  const limits = [org.maxTokensPerRequest, user.maxTokensPerRequest].filter((each) => each !== undefined);
  return { ...org, ...user, ...(limits.length > 0 ? { maxTokensPerRequest: Math.min(...limits) } : {}) };
}

export function namesOf({ settings }: Principal): ModelNames {
  const { aliases, fallbacks, tasks, taskRules } = settings.org.routing ?? {};
  return { aliases, fallbacks, tasks, taskRules };
}

function narrowingOfToken({ restrictions }: Principal): Narrowing | null {
  return restrictions && restrictions.providers.length > 0 ? { of: 'token', allowedProviders: restrictions.providers } : null;
}

function narrowingOf(of: Narrowing['of'], { allowedProviders, allowedModels, allowedRegions, dataClass }: RoutingSettings): Narrowing | null {
  const isEmpty = !allowedProviders && !allowedModels && !allowedRegions && !dataClass;
  return isEmpty ? null : { of, allowedProviders, allowedModels, allowedRegions, dataClass };
}

function given(group: RoutingSettings | undefined): Pick<RoutingSettings, 'order' | 'weights'> {
  return { ...(group?.order ? { order: group.order } : {}), ...(group?.weights ? { weights: group.weights } : {}) };
}
