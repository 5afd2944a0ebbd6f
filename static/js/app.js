// What every page does in the browser. Everything works without it, only less lively.

import "./notices.js";
import "./times.js";
import "./keys.js";
import "./live.js";
import "./controls.js";
