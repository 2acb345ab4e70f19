import { findProvider } from './index.js';
import type { ProbeVerdict } from './index.js';

const judge = (id: string, answer: object, config = {}): ProbeVerdict => findProvider(id)!.probe!.classify(200, JSON.stringify(answer), config);

describe('a balance told by the probe', () => {
  it('OpenRouter: what is left of the key in dollars, nothing when the key has no limit', () => {
    expect(judge('openrouter', { data: { limit: 10, limit_remaining: 7.25, usage: 2.75 } })).toMatchObject({ outcome: 'valid', balanceUsd: '7.2500' });
    expect(judge('openrouter', { data: { limit: 10, limit_remaining: 0 } })).toMatchObject({ outcome: 'no-credit', balanceUsd: '0.00' });
    expect(judge('openrouter', { data: { limit: null, limit_remaining: null } })).not.toHaveProperty('balanceUsd');
    expect(judge('openrouter', { data: { is_management_key: true } }).outcome).toBe('no-permission');
  });

  it('DeepSeek: decimal text, in dollars only', () => {
    const account = (currency: string, is_available = true) => ({ is_available, balance_infos: [{ currency, total_balance: '110.00', granted_balance: '10.00', topped_up_balance: '100.00' }] });
    expect(judge('deepseek', account('USD'))).toMatchObject({ outcome: 'valid', balanceUsd: '110.00' });
    expect(judge('deepseek', account('CNY'))).not.toHaveProperty('balanceUsd');
    expect(judge('deepseek', account('USD', false)).outcome).toBe('no-credit');
  });

  it('Moonshot: dollars on the global host, yuan on the Chinese one', () => {
    const account = (available_balance: number) => ({ code: 0, data: { available_balance, voucher_balance: 46.58893, cash_balance: 3.00001 }, scode: '0x0', status: true });
    expect(judge('moonshot', account(49.58894), { region: 'global' })).toMatchObject({ outcome: 'valid', balanceUsd: '49.5889' });
    expect(judge('moonshot', account(49.58894))).toHaveProperty('balanceUsd');
    expect(judge('moonshot', account(49.58894), { region: 'cn' })).toMatchObject({ outcome: 'valid' });
    expect(judge('moonshot', account(49.58894), { region: 'cn' })).not.toHaveProperty('balanceUsd');
    expect(judge('moonshot', account(-1)).outcome).toBe('no-credit');
  });

  it('Novita: ten-thousandths of a dollar', () => {
    expect(judge('novita', { availableBalance: '123456', cashBalance: '123456' })).toMatchObject({ outcome: 'valid', balanceUsd: '12.3456' });
    expect(judge('novita', { availableBalance: 7 })).toMatchObject({ balanceUsd: '0.0007' });
    expect(judge('novita', { availableBalance: '-3' }).outcome).toBe('no-credit');
  });

  it('Hyperbolic: cents', () => {
    expect(judge('hyperbolic', { credits: 10_000 })).toMatchObject({ outcome: 'valid', balanceUsd: '100.00' });
    expect(judge('hyperbolic', { credits: 0 })).toMatchObject({ outcome: 'no-credit', balanceUsd: '0.00' });
  });

  it('says nothing about a balance it cannot read', () => {
    for (const id of ['openrouter', 'deepseek', 'moonshot', 'novita', 'hyperbolic']) {
      for (const answer of [{}, { data: null }, { data: { available_balance: 'lots' } }, { credits: '5' }, { availableBalance: {} }]) expect(judge(id, answer)).not.toHaveProperty('balanceUsd');
    }
  });
});
