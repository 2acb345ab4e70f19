import type { Provider } from '../../provider.js';
import { fieldRules } from '../field-rules.js';
import type { FieldRules } from '../field-rules.js';
import { modelFamily } from './model-family.js';

/** True for Google's cloud, which differs from its studio in details. */
export function isGoogleCloud(provider: Provider): boolean {
  return provider.auth.kind === 'google-service-account';
}

/** What Google's models cannot be told. */
export function rules(provider: Provider, model: string): FieldRules {
  const family = modelFamily(model);
  const isCloud = isGoogleCloud(provider);
  // The studio answers 400 to penalties for 2.5; newer models take them.
  const penalties = !isCloud && family.version === 2.5 ? 'dropped' : 'sent';
  return fieldRules({
    logit_bias: 'dropped',
    parallel_tool_calls: 'dropped',
    user: 'dropped',
    cache_control: 'dropped',
    frequency_penalty: penalties,
    presence_penalty: penalties,
    reasoning_effort: family.thinking === null ? 'dropped' : 'sent',
    image_urls: isCloud || family.fetchesUrls ? 'sent' : 'refused',
  });
}
