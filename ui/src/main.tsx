// The entry: draws the page and starts the stream of events.
import { render } from "preact";
import { dropToken } from "./address";
import { App } from "./shell/App";
import { begin } from "./store/live";
import "./style/tokens.css";
import "./style/page.css";

const root = document.getElementById("dashboard");
if (!root) throw new Error("the page has no place for the dashboard");
dropToken();
render(<App />, root);
begin();
