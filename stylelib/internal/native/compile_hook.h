#pragma once

// install_hook gives the kernels to the plugin in this file. It returns null, or why it could not.
const char *install_hook(const char *path);

// The entry of the plugin's table that has the hook, or null.
extern void *hooked_entry;
