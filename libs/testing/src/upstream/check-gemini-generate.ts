import { base64Of, fieldsOf, listOf, numberWithin, oneOf, onlyFields, refuseUnless, textOf, type Fields } from './check-shape.js';

const BODY = 'contents systemInstruction tools toolConfig safetySettings generationConfig cachedContent labels serviceTier model';
const GENERATION =
  'stopSequences responseMimeType responseSchema responseJsonSchema responseModalities candidateCount maxOutputTokens temperature topP topK seed presencePenalty frequencyPenalty responseLogprobs logprobs enableEnhancedCivicAnswers speechConfig thinkingConfig imageConfig mediaResolution audioTimestamp routingConfig modelSelectionConfig responseFormat';
const PART = 'text inlineData fileData functionCall functionResponse executableCode codeExecutionResult thought thoughtSignature videoMetadata mediaResolution partMetadata toolCall toolResponse';
const DATA = ['text', 'inlineData', 'fileData', 'functionCall', 'functionResponse', 'executableCode', 'codeExecutionResult', 'toolCall', 'toolResponse'];
const SCHEMA =
  'type format title description nullable enum items maxItems minItems properties required minProperties maxProperties minLength maxLength pattern example anyOf propertyOrdering default minimum maximum';
const TYPES = 'STRING NUMBER INTEGER BOOLEAN ARRAY OBJECT NULL string number integer boolean array object null';
/** What a call from a foreign history may carry in place of a signature. */
const FOREIGN = 'skip_thought_signature_validator';

/** What Gemini refuses: names that are not in its schema, parts without data, calls and responses that do not fit. `isSigned`: the model wants the signatures of its calls back. */
export function checkGenerate(body: Fields, isSigned: boolean): void {
  onlyFields(body, 'body', BODY);
  if (body['systemInstruction'] !== undefined) listOf(onlyFields(body['systemInstruction'], 'system_instruction', 'role parts')['parts'], 'system_instruction.parts').forEach((part) => checkPart(part, 'system_instruction'));
  if (body['generationConfig'] !== undefined) checkGeneration(onlyFields(body['generationConfig'], 'generation_config', GENERATION));
  const tools = ((body['tools'] ?? []) as unknown[]).map((tool, index) => checkTool(tool, `tools[${index}]`));
  const choice = (body['toolConfig'] as { functionCallingConfig?: Fields } | undefined)?.functionCallingConfig;
  if (choice) {
    onlyFields(choice, 'tool_config.function_calling_config', 'mode allowedFunctionNames streamFunctionCallArguments');
    oneOf(choice['mode'], 'AUTO ANY NONE VALIDATED MODE_UNSPECIFIED', 'tool_config.function_calling_config.mode');
    for (const name of (choice['allowedFunctionNames'] ?? []) as string[]) refuseUnless(tools.flat().includes(name), `allowed_function_names: ${name} is not declared`);
  }
  checkContents(listOf(body['contents'], 'contents').map((content, index) => checkContent(content, `contents[${index}]`)), isSigned);
}

function checkGeneration(config: Fields): void {
  numberWithin(config['temperature'], 0, 2, 'temperature');
  if (config['stopSequences'] !== undefined) refuseUnless((config['stopSequences'] as unknown[]).length <= 5, 'stop_sequences: at most 5');
  if (config['responseSchema'] !== undefined) checkSchema(config['responseSchema'], 'response_schema');
  if (config['responseSchema'] !== undefined || config['responseJsonSchema'] !== undefined) refuseUnless(config['responseMimeType'] === 'application/json', 'response_schema: needs response_mime_type application/json');
  if (config['thinkingConfig'] !== undefined) onlyFields(config['thinkingConfig'], 'thinking_config', 'includeThoughts thinkingBudget thinkingLevel');
}

function checkTool(value: unknown, at: string): string[] {
  const declarations = (fieldsOf(value, at)['functionDeclarations'] ?? []) as unknown[];
  return declarations.map((each, index) => {
    const where = `${at}.function_declarations[${index}]`;
    const declared = onlyFields(each, where, 'name description parameters parametersJsonSchema response responseJsonSchema behavior');
    refuseUnless(/^[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}$/.test(textOf(declared['name'], `${where}.name`)), `${where}.name: invalid function name`);
    refuseUnless(declared['parameters'] === undefined || declared['parametersJsonSchema'] === undefined, `${where}: parameters and parameters_json_schema exclude each other`);
    if (declared['parameters'] !== undefined) checkSchema(declared['parameters'], `${where}.parameters`);
    return declared['name'] as string;
  });
}

function checkSchema(value: unknown, at: string): void {
  const schema = onlyFields(value, at, SCHEMA);
  if (schema['type'] !== undefined) oneOf(schema['type'], TYPES, `${at}.type`);
  for (const [name, property] of Object.entries((schema['properties'] ?? {}) as Fields)) checkSchema(property, `${at}.properties.${name}`);
  if (schema['items'] !== undefined) checkSchema(schema['items'], `${at}.items`);
  for (const one of (schema['anyOf'] ?? []) as unknown[]) checkSchema(one, `${at}.any_of`);
  for (const one of (schema['enum'] ?? []) as unknown[]) textOf(one, `${at}.enum`);
}

interface Content {
  role: string;
  parts: Fields[];
}

function checkContent(value: unknown, at: string): Content {
  const content = onlyFields(value, at, 'role parts');
  const role = content['role'] === undefined ? 'user' : oneOf(content['role'], 'user model function', `${at}.role`);
  return { role, parts: listOf(content['parts'], `${at}.parts`).map((part, index) => checkPart(part, `${at}.parts[${index}]`)) };
}

function checkPart(value: unknown, at: string): Fields {
  const part = onlyFields(value, at, PART);
  refuseUnless(DATA.filter((name) => part[name] !== undefined).length === 1, `${at}.data: required oneof field 'data' must have one initialized field`);
  if (part['text'] !== undefined) textOf(part['text'], `${at}.text`);
  if (part['inlineData'] !== undefined) base64Of(onlyFields(part['inlineData'], at, 'mimeType data displayName')['data'], `${at}.inline_data.data`);
  if (part['thoughtSignature'] !== undefined) base64Of(part['thoughtSignature'], `${at}.thought_signature`);
  if (part['functionCall'] !== undefined) {
    const call = onlyFields(part['functionCall'], `${at}.function_call`, 'name args id');
    textOf(call['name'], `${at}.function_call.name`);
    if (call['args'] !== undefined) fieldsOf(call['args'], `${at}.function_call.args`);
  }
  if (part['functionResponse'] !== undefined) {
    const response = onlyFields(part['functionResponse'], `${at}.function_response`, 'name response parts willContinue scheduling id');
    textOf(response['name'], `${at}.function_response.name`);
    fieldsOf(response['response'], `${at}.function_response.response`);
  }
  return part;
}

/** A turn of calls comes after the user, is answered in full by the next turn, and is signed where the model signs. */
function checkContents(contents: Content[], isSigned: boolean): void {
  const lastAsked = contents.findLastIndex(({ role, parts }) => role !== 'model' && parts.some((part) => part['functionResponse'] === undefined));
  refuseUnless(contents[0]!.role !== 'model' || contents.length === 1 || contents.some(({ role }) => role !== 'model'), 'contents: there is no turn of the user');
  for (const [index, { parts }] of contents.entries()) {
    const calls = parts.filter((part) => part['functionCall'] !== undefined).map((part) => (part['functionCall'] as Fields)['name']);
    if (calls.length === 0) continue;
    refuseUnless(contents[index - 1] !== undefined && contents[index - 1]!.role !== 'model', 'Please ensure that function call turn comes immediately after a user turn or after a function response turn.');
    const answers = (contents[index + 1]?.parts ?? []).filter((part) => part['functionResponse'] !== undefined).map((part) => (part['functionResponse'] as Fields)['name']);
    const isWhole = answers.length === calls.length && [...answers].sort().join() === [...calls].sort().join();
    refuseUnless(isWhole, 'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.');
    if (isSigned && index > lastAsked) checkSignature(parts.find((part) => part['functionCall'] !== undefined)!);
  }
}

function checkSignature(part: Fields): void {
  const signature = part['thoughtSignature'];
  const isOurs = typeof signature === 'string' && Buffer.from(signature, 'base64').toString().startsWith('thought of ');
  refuseUnless(isOurs || signature === FOREIGN, 'Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly.');
}
