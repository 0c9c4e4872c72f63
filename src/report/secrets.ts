/** Words of configurations behind which a secret stands. */
const secretWords =
  /^(\s*(?:auth_pass|smtp_password|password|passphrase|secret|token|bearer_token)\b\s*[=:]?\s*).+$/gim;
/** User and password before the host in a URL. */
const inAddress = /(\b[a-z][a-z0-9+.-]*:\/\/)[^/\s@]+@/gi;

/** A configuration without its passwords: no snapshot has any, anonymous or not. */
export function withoutSecrets(text: string): string {
  return text.replace(secretWords, '$1(left out)').replace(inAddress, '$1(left out)@');
}
