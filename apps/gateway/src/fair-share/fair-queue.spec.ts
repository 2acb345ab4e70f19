import { FairQueue, type Waiting } from './fair-queue.js';

const call = (member: string, cost = 1, weight = 1): Waiting => ({ member, cost, weight });
const taken = (queue: FairQueue<Waiting>, count: number): string => Array.from({ length: count }, () => queue.take()?.member ?? '-').join('');

describe('FairQueue', () => {
  it('lets members take turns, however many calls one of them has waiting', () => {
    const queue = new FairQueue<Waiting>();
    for (let index = 0; index < 200; index++) queue.push(call('a'));
    expect(taken(queue, 3)).toBe('aaa');
    queue.push(call('b'));
    queue.push(call('c'));
    expect(taken(queue, 4).split('').sort().join('')).toBe('aabc');
    expect(queue.size).toBe(200 + 2 - 7);
  });

  it('gives each member what their weight says', () => {
    const queue = new FairQueue<Waiting>();
    for (let index = 0; index < 400; index++) queue.push(call('a', 1, 3)), queue.push(call('b'));
    const first = taken(queue, 200);
    expect(first.replaceAll('b', '').length).toBe(150);
  });

  it('counts what calls cost: large ones of one member do not slow the small ones of another', () => {
    const queue = new FairQueue<Waiting>();
    for (let index = 0; index < 100; index++) queue.push(call('a', 10)), queue.push(call('b'));
    expect(taken(queue, 55).replaceAll('b', '').length).toBe(5);
  });

  it('drops who went away, and names who gives way when it is full', () => {
    const queue = new FairQueue<Waiting>();
    const [one, two, three] = [call('a'), call('a'), call('b')];
    for (const each of [one, two, three]) queue.push(each);
    expect(queue.lastOfLongest()).toBe(two);
    queue.remove(one);
    queue.remove(one);
    queue.remove(three);
    expect([queue.size, queue.take(), queue.take(), queue.peek()]).toEqual([1, two, undefined, undefined]);
  });
});
