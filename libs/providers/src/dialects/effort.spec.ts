import { effortOf, nearestEffort } from './effort.js';

describe('reasoning effort', () => {
  it('is the word that was said, or the one that stands for the budget', () => {
    expect(effortOf({ effort: 'xhigh', budget: 1 })).toBe('xhigh');
    expect([0, 1, 1024, 1025, 4096, 4097, 12_288, 12_289, 1_000_000].map((budget) => effortOf({ budget }))).toEqual(['none', 'minimal', 'minimal', 'low', 'low', 'medium', 'medium', 'high', 'high']);
    expect(effortOf({ isShown: true })).toBeNull();
  });

  it('becomes the nearest word a model knows, the smaller of two', () => {
    expect(nearestEffort('medium', ['low', 'high'])).toBe('low');
    expect(nearestEffort('xhigh', ['none', 'high'])).toBe('high');
    expect(nearestEffort('minimal', ['minimal', 'low'])).toBe('minimal');
    expect(nearestEffort('low', [])).toBe('low');
  });
});
