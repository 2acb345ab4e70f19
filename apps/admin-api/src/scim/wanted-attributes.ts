import { Filter, scimRefusal } from './scim-library.js';

export interface WantedAttributes {
  attributes?: string | undefined;
  excludedAttributes?: string | undefined;
}

const NAMES = /^[A-Za-z0-9_$:.,\s-]*$/;

/** Which attributes an answer has, as the library wants to be told: those named, or all but those named. */
export function attributeFilter({ attributes, excludedAttributes }: WantedAttributes): InstanceType<typeof Filter> | undefined {
  const [names, comparison] = attributes ? [attributes, 'pr'] : [excludedAttributes, 'np'];
  if (!names) return undefined;
  if (!NAMES.test(names)) throw scimRefusal('invalidValue', 'attributes and excludedAttributes are names, comma separated.');
  const each = names.split(',').map((name) => name.trim()).filter(Boolean);
  return new Filter(each.map((name) => `${name} ${comparison}`).join(' and '));
}
