// Serves emulate's Slack on a port of loopback alone: emulate.mjs PORT. By itself it listens on every address.
import net from "node:net";
import { createEmulator } from "emulate";

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (port) {
  return listen.call(this, port, "127.0.0.1");
};
await createEmulator({ service: "slack", port: Number(process.argv[2]) });
