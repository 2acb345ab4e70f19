import { inflateSync } from 'node:zlib';

/** What a PDF of pdfkit says, in the order in which it is drawn. */
export function textOfPdf(pdf: Buffer): string[] {
  const streams = [...pdf.toString('latin1').matchAll(/stream\n([\s\S]*?)\nendstream/g)].map((match) => inflated(match[1]!));
  return streams.flatMap((stream) => [...stream.matchAll(/\[([^\]]*)\] TJ/g)].map((match) => [...match[1]!.matchAll(/<([0-9a-f]*)>/gi)].map((part) => Buffer.from(part[1]!, 'hex').toString('latin1')).join('')));
}

function inflated(text: string): string {
  try {
    return inflateSync(Buffer.from(text, 'latin1')).toString('latin1');
  } catch {
    return text;
  }
}
