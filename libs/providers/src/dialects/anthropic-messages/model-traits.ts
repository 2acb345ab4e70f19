/** How a model behind this API differs from its relatives. */
export interface ModelTraits {
  /** What of the API's rules for Claude holds; relatives at other vendors are looser. */
  isClaude: boolean;
  /** The most tokens it can write. */
  mostOutput: number;
  /** `adaptive` is steered by effort, `budget` by a number of tokens. */
  thinking: 'none' | 'budget' | 'adaptive';
  /** What comes nearest to no thinking. */
  withoutThinking: 'disabled' | 'between_tools' | 'low-effort';
  hasXhighEffort: boolean;
  /** Temperature, top_p and top_k. */
  takesSampling: boolean;
  /** Understands `output_config.format`. */
  hasJsonSchema: boolean;
  /** A tool choice that leaves the model no choice. */
  takesForcedTool: boolean;
}

const NEWEST: ModelTraits = {
  isClaude: true,
  mostOutput: 128_000,
  thinking: 'adaptive',
  withoutThinking: 'disabled',
  hasXhighEffort: true,
  takesSampling: false,
  hasJsonSchema: true,
  takesForcedTool: true,
};
const ALWAYS_THINKING: ModelTraits = { ...NEWEST, withoutThinking: 'low-effort' };
const GENERATION_4_6: ModelTraits = { ...NEWEST, hasXhighEffort: false, takesSampling: true };
const GENERATION_4_5: ModelTraits = { ...GENERATION_4_6, thinking: 'budget', mostOutput: 64_000 };
const GENERATION_4: ModelTraits = { ...GENERATION_4_5, hasJsonSchema: false };
const OLDEST: ModelTraits = { ...GENERATION_4, thinking: 'none', mostOutput: 4096 };
const OTHER_VENDORS: ModelTraits = { ...GENERATION_4, isClaude: false, mostOutput: 4096 };

/** The first that matches counts. Sources: the capability table of @ai-sdk/anthropic 4.0.105, model names of @anthropic-ai/sdk 1.11.0. */
const BY_NAME: readonly (readonly [RegExp, ModelTraits])[] = [
  [/claude-sonnet-5-5/, { ...NEWEST, withoutThinking: 'between_tools', takesForcedTool: false }],
  [/claude-opus-5-5|claude-fable-5-[12]/, { ...ALWAYS_THINKING, takesForcedTool: false }],
  [/claude-fable-5/, ALWAYS_THINKING],
  [/claude-opus-4-[78]|claude-(?:opus|sonnet|haiku)-5/, NEWEST],
  [/claude-(?:opus|sonnet)-4-6/, GENERATION_4_6],
  [/claude-(?:opus|sonnet|haiku)-4-5/, GENERATION_4_5],
  [/claude-opus-4-1/, { ...GENERATION_4_5, mostOutput: 32_000 }],
  [/claude-opus-4(?!-[1-9](?:\D|$))/, { ...GENERATION_4, mostOutput: 32_000 }],
  [/claude-sonnet-4(?!-[1-9](?:\D|$))|claude-3-7/, GENERATION_4],
  [/claude-(?:instant|v?2|3)/, OLDEST],
  // A Claude of tomorrow is likelier to be like the newest one than like an old one.
  [/claude-/, NEWEST],
];

/** `model` in any spelling: `claude-opus-4-8`, `anthropic/claude-opus-4.8`, `us.anthropic.claude-opus-4-8-v1:0`, `claude-opus-4@20250514`. */
export function modelTraits(model: string): ModelTraits {
  const name = model.toLowerCase().replaceAll('.', '-').replaceAll('@', '-');
  return BY_NAME.find(([pattern]) => pattern.test(name))?.[1] ?? OTHER_VENDORS;
}
