use super::CATALOGER;
use super::parse::runtime;
use crate::ecosystems::check_files;
use crate::ecosystems::listing::check_packages;

#[test]
fn descriptions_of_applications() {
    check_files(
        &CATALOGER,
        &["app/my.deps.json", "usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.1/Microsoft.NETCore.App.deps.json"],
        &["app/deps.json.txt", "app/my.runtimeconfig.json"],
    );
}

#[test]
fn what_is_there_at_run_time() {
    fn check(json: &str, expect: Result<&str, &str>) {
        check_packages(runtime(json.as_bytes()), expect);
    }
    check(
        r#"{"runtimeTarget":{"name":".NETCoreApp,Version=v8.0/linux-x64","signature":""},
            "targets":{".NETCoreApp,Version=v8.0":{},".NETCoreApp,Version=v8.0/linux-x64":{
              "app/1.0.0":{"dependencies":{"Newtonsoft.Json":"13.0.1"},"runtime":{"app.dll":{}}},
              "Newtonsoft.Json/13.0.1":{"runtime":{"lib/net6.0/Newtonsoft.Json.dll":{"assemblyVersion":"13.0.0.0"}}},
              "SQLitePCLRaw.lib/2.1.0":{"runtimeTargets":{"runtimes/linux-x64/native/libe_sqlite3.so":{"rid":"linux-x64"}}},
              "NETStandard.Library/2.0.3":{"dependencies":{"x":"1"}},
              "Ref.Only/1.0.0":{"compile":{"a.dll":{}}}}},
            "libraries":{"app/1.0.0":{"type":"project"},"Newtonsoft.Json/13.0.1":{"type":"package","serviceable":true},
              "SQLitePCLRaw.lib/2.1.0":{"type":"package"},"NETStandard.Library/2.0.3":{"type":"package"},
              "Ref.Only/1.0.0":{"type":"package"},"Unlisted/3.0.0":{"type":"package"},
              "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.1":{"type":"runtimepack"},"odd":{"type":"package"}}}"#,
        Ok("nuget Microsoft.NETCore.App.Runtime.linux-x64 8.0.1, nuget Newtonsoft.Json 13.0.1, \
            nuget SQLitePCLRaw.lib 2.1.0, nuget Unlisted 3.0.0"),
    );
    check(r#"{"libraries":{"A/1":{"type":"package"}},"targets":null}"#, Ok("nuget A 1"));
    check(r#"{"libraries":{}}"#, Ok(""));
    check("[]", Err("it is not a JSON object"));
    check(r#"{"libraries":3}"#, Err("its JSON is not of the form it should have"));
    check("{\"", Err("it is not valid JSON"));
}

#[test]
fn lock_files() {
    check_files(&super::LOCKFILE, &["app/packages.lock.json", "app/packages.config"], &["app/app.config"]);
}
