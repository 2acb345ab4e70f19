import Anthropic from '@anthropic-ai/sdk';
import { eventually } from '../support/eventually.js';
import { providerKeys } from '../support/provider-keys.js';
import { standaloneOfSuite } from '../support/standalone-of-suite.js';
import { newWorld, type World } from '../support/world.js';

const REQUEST = { model: 'claude-haiku-4-5', max_tokens: 200, messages: [{ role: 'user' as const, content: 'Tell me something. '.repeat(12) }] };

const { upstream, standalone } = standaloneOfSuite();
let world: World;
let anthropic: Anthropic;
const secret = providerKeys.anthropic();

beforeAll(async () => {
  world = await newWorld(standalone, 'Anthropic');
  const person = await world.person('ann');
  await world.key({ type: 'group', id: await world.group('research', [person]) }, 'anthropic', secret);
  anthropic = new Anthropic({ baseURL: standalone.gatewayUrl, apiKey: person.token, maxRetries: 0 });
});
beforeEach(() => upstream.reset());

describe('the official @anthropic-ai/sdk, with only baseURL and apiKey changed', () => {
  it('completes a message with the group key', async () => {
    const message = await anthropic.messages.create(REQUEST);
    expect(message.content[0]).toMatchObject({ type: 'text', text: expect.stringMatching(/^Word0/) });
    expect(upstream.witness()[0]).toMatchObject({ provider: 'anthropic', key: secret, status: 200 });
  });

  it('completes a streamed message', async () => {
    const events: string[] = [];
    const stream = anthropic.messages.stream(REQUEST).on('streamEvent', (event) => events.push(event.type));
    const message = await stream.finalMessage();
    expect(message.stop_reason).toBe('end_turn');
    expect(message.usage.output_tokens).toBe(upstream.witness()[0]!.usage!.outputTokens);
    expect([events.at(0), events.at(-1)]).toEqual(['message_start', 'message_stop']);
  });

  it('meters input, cache reads and output as Anthropic counts them', async () => {
    const before = (await world.usage('model', 2)).find((line) => line.model === REQUEST.model);
    await anthropic.messages.create(REQUEST);
    const told = upstream.witness()[0]!.usage!;
    const lines = await eventually(() => world.usage('model'), ([line]) => line!.requests === before!.requests + 1);
    expect(lines[0]).toMatchObject({
      inputTokens: before!.inputTokens + told.inputTokens,
      cachedTokens: before!.cachedTokens + told.cachedTokens,
      outputTokens: before!.outputTokens + told.outputTokens,
    });
    expect(told.cachedTokens).toBeGreaterThan(0);
  });

  it("gets errors as the SDK's own classes", async () => {
    upstream.behave({ times: 1, status: 400, body: JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', message: 'max_tokens: too many' } }) });
    const refused = await anthropic.messages.create(REQUEST).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Anthropic.BadRequestError);
    expect((refused as Error).message).toContain('max_tokens: too many');
    const stranger = new Anthropic({ baseURL: standalone.gatewayUrl, apiKey: 'byok_live_nobody', maxRetries: 0 });
    await expect(stranger.messages.create(REQUEST)).rejects.toBeInstanceOf(Anthropic.AuthenticationError);
  });
});
