// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Annotated CSV as InfluxDB 2 documents it, for tests. Debian has no InfluxDB 2 (and its 1.6.7 has
/// no Flux), so what a server would say is written down here and not recorded from one:
/// https://docs.influxdata.com/influxdb/v2/reference/syntax/annotated-csv/

#include <cstdint>
#include <string>
#include <vector>

#include <weir/units.hpp>

namespace weir::influx_source {

struct Value {
  std::int64_t time;
  std::string text;
};

/// One table: the values of one field of one series. `type`: of the field.
inline std::string table(const std::string& field, const std::string& type, const std::string& host,
                         const std::vector<Value>& values) {
  std::string text =
      "#datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339," + type +
      ",string,string,string\r\n#group,false,false,true,true,false,false,true,true,true\r\n"
      "#default,_result,,,,,,,,\r\n"
      ",result,table,_start,_stop,_time,_value,_field,_measurement,host\r\n";
  for (const Value& value : values) {
    text += ",,0,1970-01-01T00:00:00Z,2200-01-01T00:00:00Z," +
            to_text(Timestamp{Duration{value.time}}) + "," + value.text + "," + field + ",m," +
            host + "\r\n";
  }
  return text + "\r\n";
}

/// A table with the one column that is asked for.
inline std::string column(const std::string& name, const std::string& type,
                          const std::vector<std::string>& cells) {
  std::string text = "#datatype,string,long," + type +
                     "\r\n#group,false,false,false\r\n#default,_result,,\r\n,result,table," + name +
                     "\r\n";
  for (const std::string& cell : cells) text += ",,0," + cell + "\r\n";
  return text + "\r\n";
}

}  // namespace weir::influx_source
