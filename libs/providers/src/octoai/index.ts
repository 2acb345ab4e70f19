import { discontinued } from '../open-ai-compatible.js';

export const octoai = discontinued({
  id: 'octoai',
  name: 'OctoAI',
  baseUrl: 'https://text.octoai.run/v1',
  since: '2024-10-31',
  why: 'NVIDIA bought it and shut every service down for good.',
});
