import { formatRealServer, formatService } from '../../ipvs/identity.ts';
import type { LinkAddress, Walk, WalkStep } from './walk.ts';

/** Version of the JSON shape; it counts up when a field changes its meaning or goes. */
const walkVersion = 1;

/** A walk as one JSON object over several lines. What is not known is `null`. */
export function walkJson(walk: Walk): string {
  const { endpoints } = walk;
  const shape = {
    version: walkVersion,
    service: formatService(walk.service),
    realServer: formatRealServer(walk.realServer),
    forwarding: walk.forwarding,
    protocol: endpoints.protocol,
    client: {
      ...endpoints.client,
      origin: endpoints.origin.kind,
      state: endpoints.origin.kind === 'connection' ? endpoints.origin.state : null,
    },
    virtual: { ...endpoints.virtual, isExample: endpoints.isVirtualExample },
    request: walk.request.map(stepJson),
    response: walk.response.map(stepJson),
    sight: walk.sight,
    obstacles: walk.obstacles,
  };
  return JSON.stringify(shape, null, 2);
}

function stepJson(step: WalkStep) {
  if (step.kind === 'station') return step;
  const { kind, source, destination, outer, frame, link, mtu, isSeen, changed } = step;
  return {
    kind,
    source,
    destination,
    outer: outer && {
      source: outer.source,
      destination: outer.destination,
      type: outer.tunnel?.type ?? null,
      port: outer.tunnel?.port ?? null,
      checksum: outer.tunnel?.checksum ?? null,
      overhead: outer.overhead,
      room: outer.room,
      segment: outer.segment,
    },
    frame: frame && { source: macJson(frame.source), destination: macJson(frame.destination) },
    link,
    mtu,
    isSeen,
    changed,
  };
}

function macJson(address: LinkAddress): string | null {
  return address.kind === 'known' ? address.mac : null;
}
