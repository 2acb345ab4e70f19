import { discontinued } from '../open-ai-compatible.js';

export const lepton = discontinued({
  id: 'lepton',
  name: 'Lepton AI',
  baseUrl: 'https://api.lepton.ai/v1',
  since: '2025',
  why: 'NVIDIA bought it and made it DGX Cloud Lepton; the stand-alone API is gone.',
});
