import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Makes a certificate for a name, which nobody vouches for but itself, and its key: `new.crt` and `new.key` in a folder. */
export function certifyItself(folder: string, name: string): void {
  const files = ['-keyout', join(folder, 'new.key'), '-out', join(folder, 'new.crt')];
  const subject = ['-subj', `/CN=${name}`, '-days', '2'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  const made = spawnSync('openssl', ['req', '-x509', ...curve, '-nodes', ...subject, ...files]);
  if (made.status !== 0) throw new Error(made.stderr.toString());
}
