import { Meters } from '@byok/contracts';
import { metersOfGemini } from './gemini-usage.js';
import { writeUsage as writeGemini } from './gemini-generate/write-usage.js';
import { writeUsage as writeChat } from './openai-chat/write-usage.js';
import { writeUsage as writeResponses } from './openai-responses/write-usage.js';
import { metersOfOpenAi } from './openai-usage.js';

const rules = { streamOptions: 'inject', reasoning: 'included' } as const;
const OPENAI = {
  input_tokens: 300,
  output_tokens: 1100,
  total_tokens: 1400,
  input_tokens_details: { cached_tokens: 20, text_tokens: 50, image_tokens: 250 },
  output_tokens_details: { reasoning_tokens: 0, image_tokens: 1056 },
};
const GEMINI = {
  promptTokenCount: 300,
  cachedContentTokenCount: 100,
  candidatesTokenCount: 1300,
  totalTokenCount: 1600,
  promptTokensDetails: [
    { modality: 'TEXT', tokenCount: 42 },
    { modality: 'IMAGE', tokenCount: 258 },
  ],
  cacheTokensDetails: [{ modality: 'IMAGE', tokenCount: 90 }],
  candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1290 }],
};

describe('image meters', () => {
  it('say how much of uncached input and of output was images', () => {
    expect(metersOfOpenAi(OPENAI, rules)).toMatchObject({ inputUncached: 280, cacheRead: 20, output: 1100, imageIn: 250, imageOut: 1056 });
    expect(metersOfGemini(GEMINI)).toMatchObject({ inputUncached: 200, cacheRead: 100, output: 1300, imageIn: 168, imageOut: 1290 });
  });

  it('are part of the meter they belong to, never more than it, and never change the sum', () => {
    expect(metersOfOpenAi({ ...OPENAI, input_tokens_details: { cached_tokens: 290, image_tokens: 250 } }, rules)).toMatchObject({ inputUncached: 10, imageIn: 10 });
    expect(metersOfGemini({ ...GEMINI, cacheTokensDetails: [], candidatesTokenCount: 5, totalTokenCount: 305 })).toMatchObject({ inputUncached: 200, imageIn: 200, output: 5, imageOut: 5 });
  });

  it('are absent where none was counted: unknown is not zero', () => {
    for (const meters of [metersOfOpenAi({ prompt_tokens: 3, completion_tokens: 1, prompt_tokens_details: { image_tokens: 0 } }, rules), metersOfGemini({ promptTokenCount: 3, candidatesTokenCount: 1 })]) {
      expect(meters).not.toHaveProperty('imageIn');
      expect(meters).not.toHaveProperty('imageOut');
      expect(Meters.parse(meters)).toEqual(meters);
    }
  });

  it('survive being written in every dialect that has a place for them', () => {
    const meters = metersOfOpenAi(OPENAI, rules)!;
    for (const written of [writeChat(meters), writeResponses(meters)!]) expect(metersOfOpenAi(written as Record<string, unknown>, rules)).toEqual(meters);
    expect(metersOfGemini(writeGemini(meters) as Record<string, unknown>)).toEqual(meters);
  });
});
