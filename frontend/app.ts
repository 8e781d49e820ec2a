// Every page: htmx with the settings of its meta tag, forms, menus, toasts. Every page also works without this.
import "htmx.org";
import { watchFilters } from "./core/filters.ts";
import { dressForms, watchForms } from "./core/forms.ts";
import { watchFormulas } from "./core/formula_watch.ts";
import { watchLeaving } from "./core/leaving.ts";
import { watchOverlays } from "./core/overlays.ts";
import { watchUpdates } from "./core/updates.ts";

watchLeaving();
watchForms();
watchOverlays();
watchUpdates();
watchFormulas();
watchFilters();
dressForms(document);
