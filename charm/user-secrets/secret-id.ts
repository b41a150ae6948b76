/** 20 letters and digits, as Juju makes them (`xid`). */
const idForm = /^[0-9a-v]{20}$/;
/** The id may stand alone, behind `secret:`, or at the end of a URI that names its model. */
const spellings = /^(?:secret:(?:\/\/[0-9a-f-]{36}\/)?)?([^/:]*)$/;

/** The bare id in whatever spelling; null when the text is no id of a secret. */
export function bareSecretId(text: string): string | null {
  const id = spellings.exec(text.trim())?.[1] ?? '';
  return idForm.test(id) ? id : null;
}

export function isSecretId(text: string): boolean {
  return bareSecretId(text) !== null;
}
