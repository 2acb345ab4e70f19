import { freePort } from '@byok/testing';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CORES, has, onCore } from '../processes.js';
import { answering, endsWithUs, stopChild } from './node-process.js';
import type { Subject, Surroundings } from './subject.js';

/** nginx with one worker as a plain reverse proxy: buffered for whole answers, unbuffered for streams. */
export async function startNginx({ upstreamPort, folder }: Surroundings): Promise<Subject | undefined> {
  if (!has('nginx')) {
    console.log('nginx is not installed: its rows are left out.');
    return undefined;
  }
  const home = await mkdtemp(join(folder, 'nginx-'));
  const [port, streamPort] = [await freePort(), await freePort()];
  await writeFile(join(home, 'nginx.conf'), configuration(home, upstreamPort, port, streamPort));
  const [program, argumentList] = onCore(CORES.proxy, 'nginx', ['-p', home, '-c', join(home, 'nginx.conf'), '-e', join(home, 'error.log')]);
  const child = endsWithUs(spawn(program, argumentList, { stdio: 'ignore' }));
  const url = `http://127.0.0.1:${port}`;
  await answering(url, 'nginx', child);
  return { name: 'nginx', about: versionOf(), url, streamUrl: `http://127.0.0.1:${streamPort}`, headers: { authorization: 'Bearer byok-bench' }, pids: [child.pid!], helpers: () => [], stop: () => stopChild(child) };
}

function versionOf(): string {
  // nginx tells its version on stderr.
  const said = execFileSync('sh', ['-c', 'nginx -v 2>&1']).toString();
  return `nginx ${/nginx\/(\S+)/.exec(said)?.[1] ?? ''}, 1 worker`;
}

/** Without a master process: one pid, one worker, nothing to find out about. */
function configuration(home: string, upstreamPort: number, port: number, streamPort: number): string {
  const server = (listen: number, buffering: 'on' | 'off'): string => `
  server {
    listen 127.0.0.1:${listen} backlog=4096;
    location / {
      proxy_pass http://upstream;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Authorization "Bearer sk-bench";
      proxy_buffering ${buffering};
      proxy_read_timeout 300s;
    }
  }`;
  return `daemon off;
master_process off;
worker_rlimit_nofile 16384;
pid ${home}/nginx.pid;
events { worker_connections 8192; }
http {
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 300s;
  client_max_body_size 32m;
  client_body_buffer_size 2m;
  client_body_temp_path ${home}/body;
  proxy_temp_path ${home}/proxy;
  fastcgi_temp_path ${home}/fastcgi;
  uwsgi_temp_path ${home}/uwsgi;
  scgi_temp_path ${home}/scgi;
  upstream upstream { server 127.0.0.1:${upstreamPort}; keepalive 1024; keepalive_requests 1000000000; }
${server(port, 'on')}${server(streamPort, 'off')}
}
`;
}
