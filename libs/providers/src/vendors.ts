/** A vendor that has no folder yet: aggregators sell its models, and its keys should be recognised when they are pasted elsewhere. */
export interface Vendor {
  name: string;
  /** What aggregators call it. */
  prefix: string | null;
  aliases: readonly string[];
  ownsModel: readonly RegExp[];
  keyPrefixes: readonly string[];
}

/** An entry leaves this list on the day its folder comes. */
export const VENDORS: readonly Vendor[] = [
  { name: 'Amazon', prefix: 'amazon', aliases: [], ownsModel: [/^nova-/], keyPrefixes: [] },
  { name: 'GitHub', prefix: null, aliases: [], ownsModel: [], keyPrefixes: ['ghp_', 'github_pat_'] },
];
