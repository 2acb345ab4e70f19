import type { TaskRule } from '@byok/contracts';
import type { TaskSigns } from './signs.js';

/** A task, and the rule that said so, for people. */
export interface Classified {
  task: string;
  because: string;
}

interface Rule {
  task: string;
  because: string;
  holds(signs: TaskSigns): boolean;
}

const CODE_FENCE = /```|^diff --git |^@@ -\d/m;
const CODE_WORDS =
  /\b(?:refactor|debug|stack ?trace|traceback|compile[rs]?|unit tests?|regex|typescript|javascript|python|golang|rust|java|kotlin|c\+\+|sql|bash|dockerfile|pull request|code review|null ?pointer|segfault|def \w{1,40}\(|function \w{1,40}\(|class \w{1,40}[ :{]|import \w|const \w{1,40} ?=|select .{1,200} from )/gi;
const REASONING_WORDS =
  /\b(?:prove|proof|theorem|lemma|derive|derivation|step by step|think (?:hard|carefully|it through)|trade-?offs?|root cause|optimi[sz]e|probability|integral|equation|puzzle|riddle|logic(?:al|ally)?|plan (?:out|for)|strategy|forecast|compare and contrast)\b/i;
/** Not less than this many characters in the last message is a piece of work, not a chat. */
const LONG_TEXT = 8_000;
/** One word of programming is small talk, two are work. */
const CODE_WORDS_NEEDED = 2;

/** In this order; the first that holds counts. docs/routing.md lists them for people. */
const RULES: readonly Rule[] = [
  { task: 'embeddings', because: 'the endpoint is for embeddings', holds: ({ endpoint }) => endpoint === 'embeddings' },
  { task: 'vision', because: 'the request holds an image', holds: ({ hasImages }) => hasImages },
  { task: 'reasoning', because: 'the request asks the model to reason', holds: ({ asksToReason }) => asksToReason },
  { task: 'code', because: 'the last message holds a code fence or a diff', holds: ({ text }) => CODE_FENCE.test(text) },
  { task: 'code', because: 'the last message speaks of programming', holds: ({ text }) => countOf(text, CODE_WORDS) >= CODE_WORDS_NEEDED },
  { task: 'reasoning', because: 'the last message asks for a proof, a plan or the like', holds: ({ text }) => REASONING_WORDS.test(text) },
  { task: 'reasoning', because: 'the last message is long', holds: ({ text }) => text.length >= LONG_TEXT },
  { task: 'chat', because: 'nothing speaks for another task', holds: () => true },
];

/** Which task a request is: by the org's own rules, then by ours. */
export function classifyTask(signs: TaskSigns, orgRules: readonly TaskRule[] = []): Classified {
  const own = orgRules.findIndex((rule) => holdsOwn(rule, signs));
  if (own !== -1) return { task: orgRules[own]!.task, because: `rule ${own + 1} of the organisation` };
  const { task, because } = RULES.find((rule) => rule.holds(signs))!;
  return { task, because };
}

function holdsOwn(rule: TaskRule, signs: TaskSigns): boolean {
  const text = signs.text.toLowerCase();
  return (
    (rule.anyOf === undefined || rule.anyOf.some((each) => text.includes(each.toLowerCase()))) &&
    (rule.hasTools === undefined || rule.hasTools === signs.hasTools) &&
    (rule.hasImages === undefined || rule.hasImages === signs.hasImages) &&
    (rule.minCharacters === undefined || signs.characters >= rule.minCharacters) &&
    (rule.maxCharacters === undefined || signs.characters <= rule.maxCharacters)
  );
}

function countOf(text: string, words: RegExp): number {
  return text.match(words)?.length ?? 0;
}
