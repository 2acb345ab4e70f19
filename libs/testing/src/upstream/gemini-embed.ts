import { jsonAnswer, type Answer } from './answer.js';
import type { BehaviourRule } from './behaviour.js';
import { fieldsOf, listOf, onlyFields, refuseUnless, textOf, type Fields } from './check-shape.js';
import { countUsage, promptCharacters } from './count-usage.js';
import type { RequestBody } from './openai-chat.js';
import { vectorOf } from './openai-embeddings.js';
import type { WitnessRow } from './witness.js';

/** Gemini's batchEmbedContents: every text is a request of its own, for the model that the path names. */
export function answerGeminiEmbed(body: RequestBody, rule: BehaviourRule, _id: string, row: WitnessRow): Answer {
  const requests = listOf(onlyFields(body, 'body', 'requests')['requests'], 'requests');
  const texts = requests.map((value, index) => {
    const each = onlyFields(value, `requests[${index}]`, 'model content taskType title outputDimensionality embedContentConfig');
    refuseUnless(each['model'] === `models/${row.model}`, `requests[${index}].model: must be that of the path`);
    const parts = listOf(fieldsOf(each['content'], `requests[${index}].content`)['parts'], `requests[${index}].content.parts`) as Fields[];
    return parts.map((part) => textOf(part['text'], `requests[${index}].content.parts.text`)).join('');
  });
  const usage = { ...countUsage({ promptCharacters: promptCharacters(texts), model: row.model ?? '', outputTokens: 0 }, rule), cachedTokens: 0, reasoningTokens: 0, outputTokens: 0 };
  const told = rule.withoutUsage ? {} : { usageMetadata: { promptTokenCount: usage.inputTokens } };
  return jsonAnswer({ embeddings: texts.map((text) => ({ values: [...vectorOf(text.length)] })), ...told }, rule.withoutUsage ? null : usage);
}
