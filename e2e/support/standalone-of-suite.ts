import { startFakeUpstream, type FakeUpstream } from '@byok/testing';
import { startStandalone, type Standalone, type StandaloneOptions } from './start-standalone.js';

type Options = Omit<StandaloneOptions, 'upstream' | 'folder'>;

export interface StandaloneOfSuite {
  upstream: FakeUpstream;
  standalone: Standalone;
}

/**
 * A product of its own, all of whose providers are one fake upstream, for the suite that calls this; up before its first test and the
 * hooks that follow, gone after its last. It starts on a copy of what the first start of all left: that start is `lifecycle`'s story.
 */
export function standaloneOfSuite(optionsOf: (upstream: FakeUpstream) => Options | Promise<Options> = () => ({})): StandaloneOfSuite {
  const upstream = {} as FakeUpstream;
  const standalone = {} as Standalone;
  beforeAll(async () => {
    Object.assign(upstream, await startFakeUpstream());
    Object.assign(standalone, await startStandalone({ upstream, isPrepared: true, ...(await optionsOf(upstream)) }));
  });
  afterAll(async () => {
    await standalone.stop?.();
    await upstream.close?.();
  });
  return { upstream, standalone };
}
