import { base64Of, fieldsOf, listOf, numberWithin, oneOf, onlyFields, refuseUnless, spokenText, textOf, type Fields } from './check-shape.js';

const BODY = 'messages system inferenceConfig toolConfig guardrailConfig additionalModelRequestFields additionalModelResponseFieldPaths promptVariables requestMetadata performanceConfig serviceTier outputConfig';
const BLOCK = 'text image document video toolUse toolResult guardContent cachePoint reasoningContent citationsContent';

/** What Converse refuses: roles that do not take turns, blank texts, calls without their results, tool blocks without a tool configuration. */
export function checkConverse(body: Fields): void {
  onlyFields(body, 'body', BODY);
  if (body['system'] !== undefined) {
    for (const block of listOf(body['system'], 'system') as Fields[]) if (onlyFields(block, 'system', 'text cachePoint guardContent')['text'] !== undefined) spokenText(block['text'], 'system.text');
  }
  if (body['inferenceConfig'] !== undefined) {
    const config = onlyFields(body['inferenceConfig'], 'inferenceConfig', 'maxTokens temperature topP stopSequences');
    numberWithin(config['temperature'], 0, 1, 'inferenceConfig.temperature');
    numberWithin(config['maxTokens'], 1, 1_000_000, 'inferenceConfig.maxTokens');
  }
  if (body['toolConfig'] !== undefined) checkTools(onlyFields(body['toolConfig'], 'toolConfig', 'tools toolChoice'));
  const messages = listOf(body['messages'], 'messages').map((message, index) => checkMessage(message, `messages.${index}`));
  messages.forEach((message, index) => {
    refuseUnless(message.role === (index % 2 === 0 ? 'user' : 'assistant'), index === 0 ? 'A conversation must start with a user message.' : `messages.${index}: roles must alternate between "user" and "assistant"`);
    checkTurn(message, messages[index - 1], messages[index + 1], `messages.${index}`);
  });
  const hasToolBlocks = messages.some(({ blocks }) => blocks.some((block) => block['toolUse'] !== undefined || block['toolResult'] !== undefined));
  refuseUnless(!hasToolBlocks || body['toolConfig'] !== undefined, 'The toolConfig field must be defined when using toolUse and toolResult content blocks.');
}

function checkTools(config: Fields): void {
  const names = listOf(config['tools'], 'toolConfig.tools').map((tool, index) => {
    const at = `toolConfig.tools.${index}`;
    const spec = (tool as Fields)['toolSpec'];
    if (spec === undefined) return null;
    const { name, description, inputSchema } = onlyFields(spec, `${at}.toolSpec`, 'name description inputSchema strict');
    refuseUnless(/^[a-zA-Z0-9_-]{1,64}$/.test(textOf(name, `${at}.toolSpec.name`)), `${at}.toolSpec.name: invalid`);
    if (description !== undefined) spokenText(description, `${at}.toolSpec.description`);
    refuseUnless(fieldsOf(onlyFields(inputSchema, `${at}.inputSchema`, 'json')['json'], `${at}.inputSchema.json`)['type'] === 'object', `${at}.toolSpec.inputSchema.json.type must be one of the following: object.`);
    return name;
  });
  if (config['toolChoice'] === undefined) return;
  const choice = onlyFields(config['toolChoice'], 'toolConfig.toolChoice', 'auto any tool');
  refuseUnless(Object.keys(choice).length === 1, 'toolConfig.toolChoice: exactly one of auto, any, tool');
  if (choice['tool'] !== undefined) refuseUnless(names.includes((choice['tool'] as Fields)['name'] as string), 'toolConfig.toolChoice.tool.name: no such tool');
}

interface Message {
  role: string;
  blocks: Fields[];
}

function checkMessage(value: unknown, at: string): Message {
  const message = onlyFields(value, at, 'role content');
  return { role: oneOf(message['role'], 'user assistant', `${at}.role`), blocks: listOf(message['content'], `${at}.content`).map((block, index) => checkBlock(block, `${at}.content.${index}`)) };
}

function checkBlock(value: unknown, at: string): Fields {
  const block = onlyFields(value, at, BLOCK);
  refuseUnless(Object.keys(block).length === 1, `${at}: a block is of exactly one kind`);
  if (block['text'] !== undefined) spokenText(block['text'], `${at}.text`);
  if (block['toolUse'] !== undefined) fieldsOf(onlyFields(block['toolUse'], at, 'toolUseId name input type')['input'], `${at}.toolUse.input`);
  if (block['toolResult'] !== undefined) {
    const result = onlyFields(block['toolResult'], `${at}.toolResult`, 'toolUseId content status type');
    for (const part of listOf(result['content'], `${at}.toolResult.content`)) onlyFields(part, `${at}.toolResult.content`, 'text json image document video searchResult');
  }
  if (block['image'] !== undefined) {
    const image = onlyFields(block['image'], `${at}.image`, 'format source');
    oneOf(image['format'], 'png jpeg gif webp', `${at}.image.format`);
    const source = onlyFields(image['source'], `${at}.image.source`, 'bytes s3Location');
    if (source['bytes'] !== undefined) base64Of(source['bytes'], `${at}.image.source.bytes`);
  }
  return block;
}

function checkTurn(message: Message, before: Message | undefined, after: Message | undefined, at: string): void {
  const idsOf = (blocks: Fields[] | undefined, kind: string) => (blocks ?? []).flatMap((block) => (block[kind] === undefined ? [] : [(block[kind] as Fields)['toolUseId']]));
  const answered = idsOf(after?.blocks, 'toolResult');
  refuseUnless(idsOf(message.blocks, 'toolUse').every((id) => answered.includes(id)), `Expected toolResult blocks at ${at} for every toolUse block before.`);
  const results = idsOf(message.blocks, 'toolResult');
  refuseUnless(new Set(results).size === results.length && results.every((id) => idsOf(before?.blocks, 'toolUse').includes(id)), `The number of toolResult blocks at ${at}.content exceeds the number of toolUse blocks of previous turn.`);
}
