import { createHash } from 'node:crypto';
import type { ChatRequest } from '../chat-form.js';

/** Tools by the names that Converse allows, and back. */
export interface ToolNames {
  toWire(name: string): string;
  fromWire(name: string): string;
  /** A name that no tool of the request has. */
  free(wanted: string): string;
}

const ALLOWED = /^[A-Za-z0-9_-]{1,64}$/;

/** The same request always gives the same names, so that a history keeps fitting its tools. */
export function toolNames(request: ChatRequest): ToolNames {
  const names = [...new Set([...(request.tools ?? []).map((tool) => tool.name), ...namesInHistory(request)])];
  const taken = new Set(names.filter((name) => ALLOWED.test(name)));
  const renamed = new Map<string, string>();
  for (const name of names) {
    if (ALLOWED.test(name)) continue;
    const plain = name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 64);
    const wire = plain === '' || taken.has(plain) ? `${plain.slice(0, 51)}_${fingerprint(name)}` : plain;
    taken.add(wire);
    renamed.set(name, wire);
  }
  const originals = new Map([...renamed].map(([name, wire]) => [wire, name]));
  return {
    toWire: (name) => renamed.get(name) ?? name,
    fromWire: (name) => originals.get(name) ?? name,
    free: (wanted) => {
      let name = wanted;
      while (taken.has(name)) name += '_';
      return name;
    },
  };
}

/** The tools that the conversation has used so far. */
export function namesInHistory(request: ChatRequest): string[] {
  return request.messages.flatMap((message) => (message.role === 'assistant' ? message.parts.flatMap((part) => (part.type === 'tool-call' ? [part.name] : [])) : []));
}

function fingerprint(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 12);
}
