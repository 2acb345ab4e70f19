import type { Meters } from '@byok/contracts';

/** The meters of images, which are there only where a provider counted some. */
export function imageMeters(imageIn: number, imageOut: number): Pick<Meters, 'imageIn' | 'imageOut'> {
  return { ...(imageIn > 0 ? { imageIn } : {}), ...(imageOut > 0 ? { imageOut } : {}) };
}
