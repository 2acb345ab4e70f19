import { jest } from '@jest/globals';

// A story starts real processes, on machines that may be busy with others: the limit is for what hangs, not for what is slow.
jest.setTimeout(300_000);
