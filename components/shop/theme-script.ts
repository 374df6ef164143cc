export const THEME_KEY = "kapu-theme";

/** Runs before the first paint: marks that scripts work and applies a theme chosen earlier, so nothing flashes. */
export const THEME_SCRIPT = `(function(d){d.setAttribute("data-js","");try{var t=localStorage.getItem("${THEME_KEY}");if(t==="light"||t==="dark")d.setAttribute("data-theme",t)}catch(e){}})(document.documentElement)`;
