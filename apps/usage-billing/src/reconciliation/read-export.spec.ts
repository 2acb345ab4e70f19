import { parseCsv } from './parse-csv.js';
import { commonModelName, readExport } from './read-export.js';

const NO_NAMES = { keys: {}, models: {} };

describe('readExport', () => {
  it("reads OpenAI's costs: buckets by day, a model and what of it in one column, empty buckets", () => {
    const csv = [
      'start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,line_item,project_id,project_name,organization_id,organization_name',
      '1,2,2026-10-05T00:00:00+00:00,2026-10-06T00:00:00+00:00,0.8958740000000000,usd,"gpt-4o-2024-08-06, input",proj_1,Main,org-1,Personal',
      '1,2,2026-10-05T00:00:00+00:00,2026-10-06T00:00:00+00:00,1.5e-05,usd,"gpt-4o-2024-08-06, output",proj_1,Main,org-1,Personal',
      '1,2,2026-10-06T00:00:00+00:00,2026-10-07T00:00:00+00:00,,,,,,,',
    ].join('\n');
    expect(readExport('openai', csv, { keys: { proj_1: 'key_a' }, models: {} })).toEqual([{ day: '2026-10-05', key: 'key_a', model: 'gpt-4o', amountNanoUsd: 895_889_000n }]);
  });

  it("reads Anthropic's costs: models by the names that people read", () => {
    const csv = [
      'usage_date_utc,model,workspace,api_key,usage_type,context_window,token_type,cost_usd,list_price_usd,cost_type,inference_geo,speed,api_key_id,api_key_status',
      '2026-08-04,Claude Haiku 4.5,Default,demo-key,message,≤ 200k,input_no_cache,0.05,0.05,token,not_available,standard,apikey_1,active',
      '2026-08-04,Claude Haiku 4.5,Default,demo-key,message,≤ 200k,output,-0.01,0.05,token,not_available,standard,apikey_1,active',
    ].join('\r\n');
    expect(readExport('anthropic', csv, NO_NAMES)).toEqual([{ day: '2026-08-04', key: 'apikey_1', model: 'claude-haiku-4-5', amountNanoUsd: 40_000_000n }]);
  });

  it('reads date, key, model and amount, and a file without keys or models', () => {
    expect(readExport('generic', '\uFEFFDate,Key,Model,Amount\n2026-10-01,k,"my ""m"", x",12.5\n', { keys: {}, models: { 'my "m", x': 'gpt-4o' } })).toEqual([{ day: '2026-10-01', key: 'k', model: 'gpt-4o', amountNanoUsd: 12_500_000_000n }]);
    expect(readExport('generic', 'date,amount\n2026-10-01,1\n2026-10-01,2', NO_NAMES)).toEqual([{ day: '2026-10-01', key: '', model: '', amountNanoUsd: 3_000_000_000n }]);
  });

  it('says which row it cannot read, and never guesses', () => {
    for (const [csv, reason] of [
      ['', 'no rows'],
      ['a,b\n1,2', 'columns date and amount'],
      ['date,amount\n2026-02-30,1', 'Row 2 has no date'],
      ['date,amount\n2026-02-03,"1,5"', 'Row 2 has no amount'],
      ['date,amount,currency\n2026-02-03,1,EUR', 'Row 2 is not in USD'],
      ['date,amount\n2026-02-03,"1', 'a quote that does not end'],
      ['date,amount\n2026-02-03,', 'no costs'],
    ] as const) {
      expect(() => readExport('generic', csv, NO_NAMES)).toThrow(reason);
    }
  });

  it('knows a model by one name, however it is written', () => {
    expect(['claude-haiku-4-5-20251001', 'Claude Haiku 4.5', 'gpt-4o-2024-08-06', 'gpt-4o', 'GPT-4o mini'].map(commonModelName)).toEqual(['claude-haiku-4-5', 'claude-haiku-4-5', 'gpt-4o', 'gpt-4o', 'gpt-4o-mini']);
  });
});

describe('parseCsv', () => {
  it('takes quotes, commas and line breaks inside a cell', () => {
    expect(parseCsv('a,b,c\r\n"x,""y""\r\nz",,\r\n\r\n1,2,3')).toEqual([
      { a: 'x,"y"\r\nz', b: '', c: '' },
      { a: '1', b: '2', c: '3' },
    ]);
  });
});
