// Every chapter, one after another. `--test-name-pattern` chooses among the scenarios.

import './scenarios/login.mjs';
import './scenarios/next.mjs';
