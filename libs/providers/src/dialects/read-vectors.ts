import { AppError } from '@byok/kernel';

/** One vector of numbers per text, or the provider did not answer what it was asked. @throws AppError upstream_error */
export function readVectors(value: unknown, expected: number): number[][] {
  if (!Array.isArray(value) || value.length !== expected || !value.every(isVector)) {
    throw new AppError('upstream_error', "The provider's answer does not hold one embedding for every text.");
  }
  return value;
}

function isVector(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'number' && Number.isFinite(each));
}
