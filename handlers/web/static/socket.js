// A WebSocket that comes back: at once, then after longer and longer pauses, with its cursor.

const GONE = 4404; // not for these eyes (any more), or signed out
const RELOAD = 4409; // the page knows more than the database, which was restored
const SILENCE = 45_000; // the server speaks at least every 15 s

export function follow(path, hear, state = () => {}) {
  let wait = 0;
  let watchdog;

  function connect() {
    const socket = new WebSocket(new URL(path(), location.href.replace(/^http/, "ws")));
    const alive = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => socket.close(), SILENCE);
    };
    alive();
    socket.addEventListener("message", (event) => {
      wait = 0;
      alive();
      state("live");
      hear(JSON.parse(event.data), socket);
    });
    socket.addEventListener("close", (event) => {
      clearTimeout(watchdog);
      if (event.code === GONE || event.code === RELOAD) {
        state("gone");
        location.reload();
        return;
      }
      state("away");
      setTimeout(connect, wait * (0.7 + Math.random() * 0.6));
      wait = Math.min(15_000, wait ? wait * 2 : 500);
    });
  }
  connect();
}
