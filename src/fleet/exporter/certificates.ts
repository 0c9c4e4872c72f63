import { readFileSync, statSync } from 'node:fs';
import type { Server } from 'node:https';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { IpvsError } from '../../ipvs/error.ts';
import { systemErrorCode, systemErrorReason } from '../../system/system-error.ts';
import type { WebConfiguration } from './web-configuration.ts';

type Tls = NonNullable<WebConfiguration['tls']>;

/** What the files of a web configuration hold now. Throws an input `IpvsError` where one cannot be read. */
export function readCertificates({
  certificateFile,
  keyFile,
  clientAuthorityFile,
  clientCertificates,
  leastVersion,
}: Tls): SecureContextOptions {
  return {
    cert: readNamed(certificateFile),
    key: readNamed(keyFile),
    minVersion: leastVersion,
    ...(clientCertificates === 'required' &&
      clientAuthorityFile !== undefined && { ca: readNamed(clientAuthorityFile) }),
  };
}

/**
 * Has a server take its certificates anew once their files have changed, at the next connection. Where they do not fit,
 * as between the writing of one and of the other, it goes on with those that it has and tries again at the connection
 * after that; `onFailure` is told once of each state of the files.
 */
export function renewCertificates(server: Server, tls: Tls, onFailure: (reason: string) => void): void {
  let known = versionsOf(tls);
  let told = '';
  // Runs before the server's own listener, so that the handshake uses the new certificates.
  server.prependListener('connection', () => {
    const present = versionsOf(tls);
    if (present === known) return;
    try {
      const certificates = readCertificates(tls);
      // Throws where the files do not fit together; `setSecureContext` would leave the server with half of them.
      createSecureContext(certificates);
      server.setSecureContext(certificates);
      known = present;
    } catch (error) {
      if (told !== present)
        onFailure(
          `the certificates have changed, and those from before go on: ${error instanceof Error ? error.message : String(error)}`,
        );
      told = present;
    }
  });
}

/** A text that changes whenever one of the files does. */
function versionsOf({ certificateFile, keyFile, clientAuthorityFile }: Tls): string {
  return [certificateFile, keyFile, clientAuthorityFile]
    .map((file) => {
      const stats = file === undefined ? undefined : statSync(file, { throwIfNoEntry: false, bigint: true });
      return stats === undefined ? '' : `${stats.ino} ${stats.size} ${stats.ctimeNs}`;
    })
    .join(', ');
}

function readNamed(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw IpvsError.input(
      'bad-file',
      'read',
      file,
      systemErrorReason(systemErrorCode(error) ?? 'EIO'),
      'the web configuration names it; see that this user may read it',
    );
  }
}
