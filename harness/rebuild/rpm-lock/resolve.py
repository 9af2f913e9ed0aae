"""Resolves packages with dnf into an empty root, from repositories that lie in folders. Needs no network.

usage: resolve.py REQUEST.json
REQUEST is {arch, repos: [{id, path, options}], packages, exclude, moduleEnable, moduleDisable, allowErasing,
installWeakDeps: true|false|null, sources}. Prints one line of JSON: {packages, source, modular: [repository id],
warnings} where a package is {name, evr, repoid, location, base, size, checksum, sourcerpm}; or {missing: [name]},
or {problem: text}.
"""

import json
import os
import sys
import tempfile

import dnf
import dnf.conf
import dnf.module.module_base
import dnf.rpm
import hawkey


def configure(base, request, work):
    conf = base.conf
    # Nothing of the builder's own configuration, variables or plug-ins decides what a lock says.
    conf.installroot = os.path.join(work, "root")
    conf.cachedir = os.path.join(work, "cache")
    conf.logdir = work
    conf.persistdir = os.path.join(work, "persist")
    conf.substitutions["arch"] = request["arch"]
    conf.substitutions["basearch"] = dnf.rpm.basearch(request["arch"])
    conf.substitutions["releasever"] = "unknown"
    conf.excludepkgs = request["exclude"]
    conf.deltarpm = False
    if request["installWeakDeps"] is not None:
        conf.install_weak_deps = request["installWeakDeps"]
    for repo in request["repos"]:
        base.repos.add_new_repo(repo["id"], conf, baseurl=["file://" + repo["path"]], **repo["options"])


def described(package):
    return {
        "name": package.name,
        "evr": package.evr,
        "repoid": package.repoid,
        "location": package.location,
        # An absolute `xml:base` of the metadata; empty unless a repository points elsewhere.
        "base": package.baseurl or "",
        "size": package.downloadsize,
        "checksum": "%s:%s" % (hawkey.chksum_name(package.chksum[0]), package.chksum[1].hex()),
        "sourcerpm": package.sourcerpm or "",
    }


def source_of(base, package, warnings):
    """The source package in the repositories; the same one whatever order they are in."""
    name, version, release = package.sourcerpm[: -len(".src.rpm")].rsplit("-", 2)
    found = base.sack.query().filterm(name=name, version=version, release=release, arch="src")
    if not found:
        warnings.append("no source package for %s" % package)
        return []
    return [min(found, key=lambda source: (source.repoid, source.location))]


def resolve(request, work):
    warnings = []
    # A configuration of its own: the default one would look into the builder's rpm database for a release.
    with dnf.Base(dnf.conf.Conf()) as base:
        configure(base, request, work)
        base.fill_sack(load_system_repo=True)
        modules = dnf.module.module_base.ModuleBase(base)
        modules.disable(request["moduleDisable"])
        modules.enable(request["moduleEnable"])
        try:
            base.install_specs(request["packages"])
        except dnf.exceptions.MarkingErrors as errors:
            missing = list(errors.no_match_pkg_specs) + list(errors.no_match_group_specs)
            if missing:
                return {"missing": sorted(missing)}
            return {"problem": str(errors)}
        base.resolve(allow_erasing=request["allowErasing"])
        modular = {artifact for module in modules.get_modules("*")[0] for artifact in module.getArtifacts()}
        chosen = list(base.transaction.install_set)
        sources = {}
        if request["sources"]:
            for package in chosen:
                if package.sourcerpm and package.sourcerpm.endswith(".src.rpm"):
                    for source in source_of(base, package, warnings):
                        sources[(source.repoid, source.location)] = described(source)
        nevra = "%s-%s:%s-%s.%s"
        return {
            "packages": [described(package) for package in chosen],
            "source": list(sources.values()),
            "modular": sorted({p.repoid for p in chosen if nevra % (p.name, p.e, p.v, p.r, p.a) in modular}),
            "warnings": sorted(warnings),
        }


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        request = json.load(file)
    # dnf and its libraries may print; only the answer goes to standard output.
    answer = os.dup(1)
    os.dup2(2, 1)
    with tempfile.TemporaryDirectory() as work:
        try:
            result = resolve(request, work)
        except (dnf.exceptions.Error, hawkey.Exception, ValueError) as error:
            result = {"problem": str(error)}
    os.write(answer, (json.dumps(result) + "\n").encode())


main()
