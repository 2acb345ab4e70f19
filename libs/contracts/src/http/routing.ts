import { z } from 'zod';
import { AggregatorOrder, PlatformCredits } from './orgs.js';
import { AnyId, Line } from './wire.js';

/** A model by name, as a caller writes it; `*` at the end of an entry of an allow-list is a prefix match. */
const ModelName = Line(256).min(1);
const ModelList = z.array(ModelName).min(1).max(50);
const ProviderName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/);
const Region = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}\*?$/);

/** The tasks that calls are told apart by where the model is `auto`; an org may have others of its own. */
export const TASKS = ['chat', 'code', 'reasoning', 'vision', 'embeddings'] as const;
export const TaskName = z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/);

/** From the least to the most confidential. */
export const DATA_CLASSES = ['public', 'internal', 'confidential', 'restricted'] as const;
export const DataClass = z.enum(DATA_CLASSES);
export type DataClass = z.infer<typeof DataClass>;

/** In which order the keys of one owner are tried. Owners keep theirs: user, group, org, platform. */
export const KEY_ORDERS = ['priority', 'cheapest', 'weighted', 'latency', 'sticky'] as const;
export const KeyOrder = z.enum(KEY_ORDERS);
export type KeyOrder = z.infer<typeof KeyOrder>;

/** What may narrow a call, of an org and of each group it acts in: every one of them counts. */
const narrowing = {
  allowedProviders: z.array(ProviderName).min(1).max(100).optional().describe('absent: every provider'),
  allowedModels: z.array(ModelName).min(1).max(200).optional().describe('absent: every model; * at the end is a prefix match'),
  allowedRegions: z.array(Region).min(1).max(50).optional().describe('where a key’s provider works on the data: its data_region, region or location, or what the org declares; a key of which it is not known is left out'),
  dataClass: DataClass.optional().describe('how confidential the calls are; only keys that are declared for it, or for more, serve them'),
  order: KeyOrder.optional().describe('inside an owner; of a group it counts for calls that act in this group alone'),
  weights: z.record(Line(64).min(1), z.int().min(0).max(10_000)).optional().describe('by key id or provider, for the order "weighted"; 100 where none is said, 0: last'),
};

/** What an org says of a key, or of a provider as a whole; a key’s own entry counts first. */
export const Declaration = z.strictObject({ region: Region.optional(), dataClass: DataClass.optional() }).meta({ id: 'RoutingDeclaration' });
export type Declaration = z.infer<typeof Declaration>;

/** Which task a call of `auto` is, said by its org: every condition that is given must hold. */
export const TaskRule = z
  .strictObject({
    task: TaskName,
    anyOf: z.array(Line(100).min(1)).min(1).max(50).optional().describe('one of these is in the last message, whatever its case'),
    hasTools: z.boolean().optional(),
    hasImages: z.boolean().optional(),
    minCharacters: z.int().min(0).max(100_000_000).optional(),
    maxCharacters: z.int().min(0).max(100_000_000).optional(),
  })
  .meta({ id: 'TaskRule' });
export type TaskRule = z.infer<typeof TaskRule>;

/** What people choose for themselves, and an org as a start for everybody. */
export const Preferences = z
  .strictObject({
    defaultProvider: ProviderName.optional().describe('tried first among the keys of one owner'),
    fallbackProvider: ProviderName.optional().describe('tried second'),
    preferredModels: z.array(ModelName).max(50).optional().describe('chosen first where the model is auto'),
    autoSwitchProvider: z.boolean().optional().describe('false: another provider than the first is never tried'),
    maxTokensPerRequest: z.int().min(1).max(10_000_000).optional().describe('a call that asks for more output is refused, one that does not say gets this much'),
    costOptimization: z.boolean().optional().describe('the cheapest key first, where the organisation has chosen no order'),
    notifyOnLowQuota: z.boolean().optional(),
  })
  .meta({ id: 'Preferences' });
export type Preferences = z.infer<typeof Preferences>;

const byModel = (values: z.ZodType<string[]>) => z.record(ModelName, values).refine((each) => Object.keys(each).length <= 200, 'at most 200 models');

/** `settings.routing` of a group. */
export const GroupRouting = z
  .strictObject({ ...narrowing, platformCredits: PlatformCredits.optional().describe('counts where it is stricter than the organisation’s') })
  .meta({ id: 'GroupRouting' });
export type GroupRouting = z.infer<typeof GroupRouting>;

/** `settings.routing` of an org. */
export const OrgRouting = z.strictObject({
  ...narrowing,
  declared: z.record(Line(64).min(1), Declaration).optional().describe('by key id or provider: where it works on data and how confidential they may be'),
  fallbacks: byModel(z.array(ModelName).min(1).max(3)).optional().describe('models tried after a model that no key could serve'),
  aliases: z.record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/), ModelName).refine((each) => Object.keys(each).length <= 200, 'at most 200 aliases').optional().describe('names of the organisation’s own; one may stand for auto:<task>, none for another alias'),
  tasks: z.record(TaskName, ModelList).optional().describe('which models may do a task, instead of the ones known to be able to'),
  taskRules: z.array(TaskRule).max(50).optional().describe('asked before the classifier’s own rules; the first that holds counts'),
  baseline: ModelName.optional().describe('provider/model that savings are compared with, where the report names no other'),
});
export type OrgRouting = z.infer<typeof OrgRouting>;

/** Either of them, as the planner reads it. */
export type RoutingSettings = OrgRouting & Pick<GroupRouting, 'platformCredits'>;

/** The whole policy of an org: a PUT replaces it; the first two stay as they are when left out. */
export const OrgPolicy = OrgRouting.extend({ platformCredits: PlatformCredits.optional(), aggregator: AggregatorOrder.optional(), preferences: Preferences.optional() }).meta({ id: 'OrgPolicy' });
export type OrgPolicy = z.infer<typeof OrgPolicy>;

export const ExplainCall = z
  .strictObject({
    model: ModelName,
    endpoint: z.enum(['chat', 'completions', 'responses', 'embeddings', 'messages', 'generate']).default('chat'),
    task: TaskName.optional().describe('as the header x-byok-task'),
    messages: z.array(z.looseObject({})).max(1_000).optional(),
    body: z.looseObject({}).optional().describe('the whole request instead of messages'),
    token: AnyId.optional().describe('explain a call of this token'),
    user: AnyId.optional().describe('explain a call of this user'),
  })
  .refine(({ messages, body }) => !(messages && body), 'either messages or body')
  .refine(({ token, user }) => !(token && user), 'either token or user')
  .meta({ id: 'ExplainCall' });
export type ExplainCall = z.infer<typeof ExplainCall>;

export const ExplainedKey = z.object({
  keyId: z.string().nullable().describe('null for keys of the platform'),
  owner: z.object({ type: z.string(), id: z.string().nullable() }),
  provider: z.string(),
  model: z.string().describe('of the models that were considered, by the name it was planned under'),
  upstreamModel: z.string().nullable(),
  attempt: z.int().nullable().describe('1 for the first; null: not tried'),
  reason: z.string().nullable().describe('why it is not tried'),
  detail: z.string(),
  payer: z.enum(['owner', 'platform-credits']),
  estimatedCostUsd: z.string().nullable().describe('null where no price is known'),
});
export type ExplainedKey = z.infer<typeof ExplainedKey>;

export const Explanation = z
  .object({
    requestedModel: z.string(),
    models: z.array(z.string()).describe('in the order they are tried'),
    task: z.string().nullable(),
    taskBecause: z.string().nullable(),
    order: KeyOrder,
    notes: z.array(z.string()),
    candidates: z.array(ExplainedKey),
    error: z.object({ code: z.string(), message: z.string() }).nullable().describe('what a call would be answered, if no key may serve it'),
    inputTokens: z.int().describe('estimated, for the costs'),
    outputTokens: z.int().describe('asked for or assumed, for the costs'),
  })
  .meta({ id: 'Explanation' });
export type Explanation = z.infer<typeof Explanation>;
