import { servicePicture } from '../changes/steps/objects.ts';
import type { Step } from '../changes/steps/step.ts';
import { draw } from '../changes/steps/step-kinds.ts';
import { formatRealServer } from '../ipvs/identity.ts';
import type { RealServer } from '../ipvs/real-server.ts';
import type { Course, ServerStart } from './course.ts';

/** A course after steps on its service; `null` where they delete the service. */
export function editedCourse(course: Course, steps: readonly Step[]): Course | null {
  const starts = new Map(course.servers.map((start) => [formatRealServer(start.realServer.identity), start]));
  const picture = servicePicture({ service: course.service, realServers: course.servers });
  for (const step of steps) draw(picture, step);
  const { service } = picture;
  if (service === undefined) return null;
  const present: ServerStart[] = [];
  const added: ServerStart[] = [];
  for (const [name, { realServer }] of picture.realServers) {
    const start = starts.get(name);
    if (start === undefined) added.unshift(newcomer(realServer));
    else present.push(edited(start, realServer));
  }
  // The kernel puts new real servers before all others.
  const servers = [...added, ...present];
  const places = new Map(
    servers.map(({ realServer }, place) => [formatRealServer(realServer.identity), place]),
  );
  const held = course.held.flatMap((network) => {
    const start = course.servers[network.server];
    const server = start && places.get(formatRealServer(start.realServer.identity));
    return server === undefined ? [] : [{ ...network, server }];
  });
  return { ...course, service, servers, held };
}

/** Applies an edit as the kernel's `__ip_vs_update_dest` does (`net/netfilter/ipvs/ip_vs_ctl.c`). */
function edited(start: ServerStart, realServer: RealServer): ServerStart {
  const { upperThreshold, weight } = realServer;
  const isFreed = upperThreshold === 0 || upperThreshold > start.realServer.upperThreshold;
  return {
    ...start,
    realServer,
    overloaded: start.overloaded && !isFreed,
    lastWeight: weight === 0 ? start.lastWeight : weight,
  };
}

function newcomer(realServer: RealServer): ServerStart {
  return {
    realServer,
    lastWeight: realServer.weight,
    active: 0,
    inactive: 0,
    overloaded: false,
    ages: [],
    inactiveLeft: [],
  };
}
