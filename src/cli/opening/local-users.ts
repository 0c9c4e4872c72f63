import { readSystemText } from '../../system/plain-file.ts';
import type { Account } from '../context/account.ts';

/** The first user id of a person's on most systems. */
const firstPerson = 1000;

/** Names of people who have an account on this machine, and of whoever is behind this process. */
export function localUsers({ environment }: Account): string[] {
  const behind = ['SUDO_USER', 'DOAS_USER', 'USER', 'LOGNAME'].map((name) => environment[name]);
  return [...behind, ...accounts()].flatMap((name) => name ?? []);
}

function accounts(): string[] {
  let text = '';
  try {
    text = readSystemText('/etc/passwd');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    const [name = '', , id = ''] = line.split(':');
    return Number(id) >= firstPerson && name !== 'nobody' ? [name] : [];
  });
}
