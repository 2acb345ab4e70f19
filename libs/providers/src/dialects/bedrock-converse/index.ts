import type { UpstreamSide } from '../dialect.js';
import { readAnswer } from './read-answer.js';
import { streamReader } from './read-stream.js';
import { converseRules } from './rules.js';
import { writeRequest } from './write-request.js';

/** AWS Bedrock's Converse API; nobody calls us in it. */
export const bedrockConverse: UpstreamSide = {
  rules: (_provider, model) => converseRules(model),
  writeRequest: (request) => writeRequest(request),
  readAnswer: (body, _provider, request) => readAnswer(body, request),
  streamReader: (_provider, request) => streamReader(request),
};
