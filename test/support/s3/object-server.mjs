/**
 * `node object-server.mjs FOLDER BUCKET...`: s3rver, an S3 server, on a free port that it prints. In a process of its own:
 * its work and its memory are not those of what is tested.
 */
import S3rver from 's3rver';

const [directory, ...buckets] = process.argv.slice(2);
const server = new S3rver({
  port: 0,
  address: '127.0.0.1',
  silent: true,
  directory,
  vhostBuckets: false,
  configureBuckets: buckets.map((name) => ({ name })),
});
const { port } = await server.run();
console.log(port);
// Whoever started it is gone.
process.stdin.on('end', () => process.exit()).resume();
