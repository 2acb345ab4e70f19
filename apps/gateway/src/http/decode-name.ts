/** A model's name as a path writes it; as it came where it cannot be decoded. */
export function decodeName(written: string): string {
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}
