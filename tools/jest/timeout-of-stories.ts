import { jest } from '@jest/globals';

// A story starts real processes.
jest.setTimeout(120_000);
