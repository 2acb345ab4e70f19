import { jest } from '@jest/globals';

// For what hangs, not for what is slow: stories run at the same time.
jest.setTimeout(60_000);
