import { jsonAnswer, type Answer } from './answer.js';
import type { BehaviourRule } from './behaviour.js';
import { listOf, oneOf, onlyFields, textOf } from './check-shape.js';
import { countUsage, promptCharacters } from './count-usage.js';
import type { RequestBody } from './openai-chat.js';
import { vectorOf } from './openai-embeddings.js';

/** Cohere's embed, version 2: what the texts are for must be said. */
export function answerCohereEmbed(body: RequestBody, rule: BehaviourRule, id: string): Answer {
  onlyFields(body, 'body', 'model texts images inputs input_type embedding_types truncate max_tokens output_dimension priority');
  const model = textOf(body['model'], 'model');
  oneOf(body['input_type'], 'search_document search_query classification clustering image', 'input_type');
  const texts = listOf(body['texts'], 'texts').map((text, index) => textOf(text, `texts[${index}]`));
  const usage = { ...countUsage({ promptCharacters: promptCharacters(texts), model, outputTokens: 0 }, rule), cachedTokens: 0 };
  const embeddings = { float: texts.map((text) => [...vectorOf(text.length)]) };
  const meta = { api_version: { version: '2' }, ...(rule.withoutUsage ? {} : { billed_units: { input_tokens: usage.inputTokens } }) };
  return jsonAnswer({ id, texts, embeddings, meta, response_type: 'embeddings_by_type' }, rule.withoutUsage ? null : usage);
}
