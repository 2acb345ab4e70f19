import { discontinued } from '../open-ai-compatible.js';

export const githubModels = discontinued({
  id: 'github-models',
  name: 'GitHub Models',
  baseUrl: 'https://models.github.ai/inference',
  since: '2026-07-30',
  why: 'Playground, catalogue and inference API were retired. Its tokens were GitHub personal access tokens; remove stored ones and revoke them at GitHub.',
});
