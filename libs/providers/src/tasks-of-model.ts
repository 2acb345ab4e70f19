export type ModelTask = 'chat' | 'code' | 'reasoning' | 'vision' | 'embeddings';

interface Family {
  /** Found anywhere in a name, because hosts put their own words before it. Linear-time. */
  name: RegExp;
  tasks: readonly ModelTask[];
}

const ALL: readonly ModelTask[] = ['chat', 'code', 'reasoning', 'vision'];

/**
 * What families of models are good enough for, whoever hosts them; the first that fits counts. It is meant for choosing, not for
 * refusing: who names a model gets it. An org that knows better lists its own models per task.
 */
const FAMILIES: readonly Family[] = [
  { name: /embed|\b(?:bge|gte)-|\bvoyage-|\bjina-/, tasks: ['embeddings'] },
  { name: /rerank|whisper|tts|moderation|guard|image|dall-e/, tasks: [] },
  { name: /\bclaude-(?:opus|sonnet)-/, tasks: ALL },
  { name: /\bclaude-/, tasks: ['chat', 'code', 'vision'] },
  { name: /\bgpt-oss[:-]120b/, tasks: ['chat', 'code', 'reasoning'] },
  { name: /\bgpt-oss/, tasks: ['chat', 'code'] },
  { name: /\bgpt-[\w.]{1,8}-nano/, tasks: ['chat', 'vision'] },
  { name: /\bgpt-4o-mini/, tasks: ['chat', 'vision'] },
  { name: /\bgpt-(?:4o|4\.1|[5-9][\w.]{0,8}-mini)/, tasks: ['chat', 'code', 'vision'] },
  { name: /\bgpt-[5-9]/, tasks: ALL },
  { name: /\bo[134]\b/, tasks: ['chat', 'code', 'reasoning', 'vision'] },
  { name: /\bgemini-[\w.]{1,8}-flash-lite/, tasks: ['chat', 'vision'] },
  { name: /\bgemini-[\w.]{1,8}-flash/, tasks: ['chat', 'code', 'vision'] },
  { name: /\bgemini-[\w.]{1,8}-pro/, tasks: ALL },
  { name: /\bdeepseek-(?:r1|reasoner|v\d+-pro)/, tasks: ['chat', 'code', 'reasoning'] },
  { name: /\bdeepseek/, tasks: ['chat', 'code'] },
  { name: /\bqwen[\w.]{0,8}-max/, tasks: ['chat', 'code', 'reasoning'] },
  { name: /\bqwen[\w.-]{0,16}-?vl/, tasks: ['chat', 'vision'] },
  { name: /\bqwen[\w.-]{0,24}(?:coder|\d{2,}b)/, tasks: ['chat', 'code'] },
  { name: /\bkimi-k/, tasks: ['chat', 'code', 'reasoning'] },
  { name: /\bglm-[\w.]{1,8}-flash/, tasks: ['chat', 'code'] },
  { name: /\bglm-/, tasks: ['chat', 'code', 'reasoning'] },
  { name: /\bgrok-(?:[4-9]|latest)/, tasks: ALL },
  { name: /\bmistral-(?:large|medium)/, tasks: ['chat', 'code', 'vision'] },
  { name: /\bmagistral/, tasks: ['chat', 'reasoning'] },
  { name: /\b(?:codestral|devstral)/, tasks: ['chat', 'code'] },
  { name: /\bpixtral/, tasks: ['chat', 'vision'] },
  { name: /llama-?4/, tasks: ['chat', 'code', 'vision'] },
  { name: /llama-?3[.-]?[13]?-(?:70|405)b/, tasks: ['chat', 'code'] },
  { name: /\bcommand-a/, tasks: ['chat', 'code', 'reasoning'] },
];

/** What a model of this name is known to be good enough for; of an unknown family, to chat. */
export function tasksOfModel(name: string): readonly ModelTask[] {
  const lower = name.slice(0, 256).toLowerCase();
  return FAMILIES.find((family) => family.name.test(lower))?.tasks ?? ['chat'];
}
